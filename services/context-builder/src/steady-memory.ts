import v8 from 'node:v8'

/**
 * V8 looks at the whole heap again whenever buffers have grown by 64 MB (heap.h, kExternalAllocationSoftLimit), which here is every few
 * fetches: half of the CPU of `normalise` in a storm went there. With this they count towards the limit of the heap as a whole, which
 * grows with what is alive. Imported for its effect, before anything large is made.
 */
v8.setFlagsFromString('--external-memory-accounted-in-global-limit')
