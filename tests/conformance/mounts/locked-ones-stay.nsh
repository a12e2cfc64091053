# do_move_mount(): EINVAL for a mount of another user namespace; ELOOP for the root, which is above
mkdir /a /b
mount -t tmpfs a /a
expect { mount --move / /b } fails ELOOP
expect { mount --move /a /a } fails ELOOP
spawn --user --mount w
expect { w mount --move /a /b } fails EINVAL
expect { w mount --move / /b } fails EINVAL
expect { w mount --rbind /a /b }
mount --move /a /b
expect { grep ' /b ' /proc/self/mountinfo } prints "tmpfs a"
