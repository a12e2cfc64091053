# seq_open_net(): files of /proc/net are opened for reading alone, by root as well
for name in dev route tcp udp unix {
  expect { open -m w /proc/net/$name } fails EACCES
  expect { open -m rw /proc/1/net/$name } fails EACCES
  expect { open -m r /proc/net/$name }
}
