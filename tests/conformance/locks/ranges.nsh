# fcntl_locking(2): ranges before and beyond; EINVAL below 0, EOVERFLOW past the largest offset
open -c /tmp/f
echo 123456789 > /tmp/f
setlk write 3 5 -3
expect { cat /proc/self/fdinfo/3 } matches / 2 4$/
setlk unlock 3
setlk --from end write 3 -4
expect { cat /proc/self/fdinfo/3 } matches / 6 EOF$/
expect { setlk write 3 -1 } fails EINVAL
expect { setlk write 3 5 -6 } fails EINVAL
expect { setlk --from end write 3 -11 } fails EINVAL
expect { setlk write 3 5 9223372036854775807 } fails EOVERFLOW
setlk unlock 3
setlk write 3 1 9223372036854775807
expect { cat /proc/self/fdinfo/3 } matches / 1 EOF$/
setlk write 3 9223372036854775807 1
expect { cat /proc/self/fdinfo/3 } matches /^lock:\t1: .* 1 EOF$/
