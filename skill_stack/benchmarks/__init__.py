"""The figures of the stack: each benchmark measures one of them, as a ratio in one run where it can."""
