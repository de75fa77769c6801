"""Episodes through every process of a deployment, judged on simulator truth."""
