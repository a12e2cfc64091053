# msgget(2), semget(2), shmget(2): what a key finds, makes, and refuses
expect { msgget 7 } fails ENOENT
expect $(msgget -c 7) == 0
expect $(msgget -c 7) == 0
expect { msgget -c -x 7 } fails EEXIST
expect { semget 7 0 } fails ENOENT
expect { semget -c 7 0 } fails EINVAL
expect $(semget -c 7 3) == 0
expect $(semget 7 0) == 0
expect { semget 7 4 } fails EINVAL
expect { shmget -c 7 0 } fails EINVAL
expect $(shmget -c 7 5000) == 0
expect $(shmget 7 5000) == 0
expect { shmget 7 5001 } fails EINVAL
expect { shmget -c -x 7 5001 } fails EEXIST
expect $(shmget private 1) == 1
expect { shmat 2 } fails EINVAL
expect { semop 1 0:1 } fails EINVAL
expect { msgrcv -n -- -1 } fails EINVAL
