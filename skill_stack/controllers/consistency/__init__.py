"""Checks that sensors agree with one another: values that are wrong although they look alive."""
