"""A biped's planted stand: linear feedback, optimal for its sensors' noise, beside the network that steps."""
