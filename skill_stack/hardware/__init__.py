"""Buses and simulators behind one small interface."""
