# sethostname(2), errors: EINVAL for more than 64 bytes (__NEW_UTS_LEN)
eight=12345678
expect { sethostname $eight$eight$eight$eight$eight$eight$eight$eight }
expect { hostname } matches /^(12345678){8}$/
expect { sethostname x$eight$eight$eight$eight$eight$eight$eight$eight } fails EINVAL
