# do_new_mount(): the kernel's own types: EINVAL, EPERM in a user namespace; unregistered ENODEV
spawn --user --mount u
for type in pipefs sockfs {
  expect { mount -t $type none /mnt } fails EINVAL
  expect { u mount -t $type none /mnt } fails EPERM
}
for type in nsfs anon_inodefs pidfs memfd {
  expect { mount -t $type none /mnt } fails ENODEV
  expect { u mount -t $type none /mnt } fails ENODEV
}
