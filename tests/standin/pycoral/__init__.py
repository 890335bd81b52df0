"""A stand-in for PyCoral without Edge TPUs: the part of its interface that finds devices and makes interpreters, on the CPU.

Environment:
  STANDIN_EDGE_TPUS   the devices to be found, such as "pci,usb,usb" (default: eight of type usb)
  STANDIN_STAGE_MS    milliseconds that each segment takes on top, such as "5,20,5", by the I of NAME_segment_I_of_N
  STANDIN_FAIL        "I:K": the devices of segment I fail from inference K on, counted from 1, as one that is unplugged
  STANDIN_HANG        "I:K": the same, but they do not answer; K = 0: while the segment is loaded
  STANDIN_NO_DELEGATE if set, the runtime library is missing
"""
