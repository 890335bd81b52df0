"""A stand-in for PyCoral without Edge TPUs: the part of its interface that runs pipelines, on the CPU.

Environment:
  STANDIN_EDGE_TPUS   the devices to be found, such as "pci,usb,usb" (default: eight of type usb)
  STANDIN_STAGE_MS    milliseconds that each segment takes on top, such as "5,20,5", by the I of NAME_segment_I_of_N
  STANDIN_NO_DELEGATE if set, the runtime library is missing
"""
