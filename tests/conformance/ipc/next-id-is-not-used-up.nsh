# ipcget(): only a new object uses the wish up; and each namespace has its own
msgget -c 7
echo 9 > /proc/sys/kernel/msg_next_id
expect $(msgget 7) == 0
expect { msgget 8 } fails ENOENT
spawn --ipc web
expect { web cat /proc/sys/kernel/msg_next_id } prints "-1"
expect $(web msgget) == 0
expect $(msgget) == 9
expect { echo -1 > /proc/sys/kernel/msg_next_id } fails EINVAL
expect { echo x > /proc/sys/kernel/msg_next_id } fails EINVAL
