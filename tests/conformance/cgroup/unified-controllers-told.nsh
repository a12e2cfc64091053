# cgroup_print_ss_mask(): where there are no controllers to tell, the file is empty
mount -t cgroup2 none /mnt
mkdir /mnt/g
for file in cgroup.controllers cgroup.subtree_control {
  expect { cat /mnt/g/$file } prints ''
  expect { ! grep -c '' /mnt/g/$file }
}
