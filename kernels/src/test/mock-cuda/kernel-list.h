// Read by build.sh after host.h, only to find the kernels of a text.
#undef KERNEL
#define KERNEL(WG) @kernel WG @
