# default_device_exit_batch(): a namespace ends with both ends of a pair in it
spawn --net u
u ip link add v0 type veth peer name v1
u ip link add v2 type veth peer name v3
u ip link del v3
kill -KILL $!
wait u || true
expect { ip link show v0 } fails
expect { ls /sys/class/net/v0 } fails
