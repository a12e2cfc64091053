# mount(2), devpts_parse_param(): EINVAL for an option that is none, or without a value of its kind
expect { mount -t devpts -o bogus none /mnt } fails EINVAL
expect { mount -t devpts -o newinstance=1 none /mnt } fails EINVAL
expect { mount -t devpts -o mode=888 none /mnt } fails EINVAL
expect { mount -t devpts -o ptmxmode= none /mnt } fails EINVAL
expect { mount -t devpts -o ptmxmode none /mnt } fails EINVAL
expect { mount -t devpts -o mode=0x1ff none /mnt } fails EINVAL
expect { mount -t devpts -o uid=-1 none /mnt } fails EINVAL
expect { mount -t devpts -o uid=4294967295 none /mnt } fails EINVAL
expect { mount -t devpts -o gid=tty none /mnt } fails EINVAL
expect { mount -t devpts -o max=1048577 none /mnt } fails EINVAL
expect { mount -t devpts -o max=1k none /mnt } fails EINVAL
expect { ls /mnt } prints ""
