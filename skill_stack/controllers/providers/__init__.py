"""Where networks are evaluated: CPU, CUDA or TensorRT, chosen by measurement when the output agrees with the CPU's."""
