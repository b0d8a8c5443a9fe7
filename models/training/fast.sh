#!/bin/sh
# Runs a training command with fp32 matrix products at full speed on AMD processors:
#   sh training/fast.sh python -m training.train image-fourier
# MKL takes a slow path there unless mkl_serv_intel_cpu_true answers 1; the allocator settings keep freed pages.
set -eu
cache="${XDG_CACHE_HOME:-$HOME/.cache}/perceiver-lab"
library="$cache/mkl-switch.so"
if [ ! -f "$library" ]; then
  mkdir -p "$cache"
  printf 'int mkl_serv_intel_cpu_true(){return 1;}\n' | gcc -shared -fPIC -x c -o "$library" -
fi
export LD_PRELOAD="$library"
export MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=16000000000 MALLOC_TOP_PAD_=67108864
exec "$@"
