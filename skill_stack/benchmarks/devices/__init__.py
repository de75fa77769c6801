"""Figures of buses, hands, robots on the network, and cameras."""
