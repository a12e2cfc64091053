# f_setown_ex(), f_getown_ex(): numbers are the caller's; whose it is, is told even out of sight
mknod /tmp/fifo p
open /tmp/fifo > /dev/null
spawn --pid inner
spawn outer
outer setpgid 0 0
inner fcntl 3 F_SETOWN_EX F_OWNER_PID 1
expect { inner fcntl 3 F_GETOWN_EX } prints "F_OWNER_PID 1"
expect { outer fcntl 3 F_GETOWN_EX } prints "F_OWNER_PID 2"
outer fcntl 3 F_SETOWN_EX F_OWNER_PGRP 3
expect { outer fcntl 3 F_GETOWN_EX } prints "F_OWNER_PGRP 3"
expect { outer fcntl 3 F_GETOWN } prints "-3"
expect { inner fcntl 3 F_GETOWN_EX } prints "F_OWNER_PGRP 0"
expect { inner fcntl 3 F_GETOWN } prints "0"
expect { inner fcntl 3 F_SETOWN_EX F_OWNER_PID 3 } fails ESRCH
expect { fcntl 3 F_SETOWN_EX F_OWNER_PGRP -3 } fails ESRCH
fcntl 3 F_SETOWN_EX F_OWNER_TID 3
as outer exit
expect { fcntl 3 F_GETOWN_EX } prints "F_OWNER_TID 3"
wait -n || true
expect { fcntl 3 F_GETOWN_EX } prints "F_OWNER_TID 0"
