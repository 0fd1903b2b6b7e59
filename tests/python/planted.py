"""planted.py leak|use-freed: what the address sanitizer has to notice in a program of Python's."""

import ctypes
import sys

import callqueue

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
block = ctypes.c_void_p(libc.malloc(1000))
if sys.argv[1] == "use-freed":
    libc.free(block)
    libc.strlen(block)
del block
print(callqueue.__version__)
