#: # Processors and memory nodes
#:
#: Cpusets are what process containers were taken out of: "a process grouping mechanism that is
#: mature, tested, and well documented". Menage makes them a client, and splits the memory nodes
#: off.
mkdir /containers
mount -t container -o cpuset,memset none /containers
expect { cat /containers/cpuset.cpus /containers/memset.mems } matches /^0-3\n0-1$/

#: A new container has nothing, and nobody can be in it.
mkdir /containers/a /containers/b
spawn job
expect { echo $! > /containers/a/tasks } fails ENOSPC
expect { echo 2-9 > /containers/a/cpuset.cpus } fails EINVAL
echo 0-1,3 > /containers/a/cpuset.cpus
expect { echo $! > /containers/a/tasks } fails ENOSPC
echo 1 > /containers/a/memset.mems
echo $! > /containers/a/tasks
expect { echo "" > /containers/a/cpuset.cpus } fails ENOSPC
expect { grep list /proc/2/status } matches /^Cpus_allowed_list:\t0-1,3\nMems_allowed_list:\t1$/

#: What a child may have is part of what its parent has. The root has what the machine has.
mkdir /containers/a/half
expect { echo 2 > /containers/a/half/cpuset.cpus } fails EACCES
echo 3 > /containers/a/half/cpuset.cpus
expect { echo 0-1 > /containers/a/cpuset.cpus } fails EBUSY
expect { echo 0 > /containers/cpuset.cpus } fails EACCES

#: ## For itself alone
#:
#: An exclusive one shares nothing with its siblings; its parent has to be exclusive too.
expect { echo 1 > /containers/a/half/cpuset.cpu_exclusive } fails EACCES
echo 1-2 > /containers/b/cpuset.cpus
expect { echo 1 > /containers/a/cpuset.cpu_exclusive } fails EINVAL
echo 2 > /containers/b/cpuset.cpus
echo 1 > /containers/a/cpuset.cpu_exclusive
expect { echo 2-3 > /containers/b/cpuset.cpus } fails EINVAL
echo 1 > /containers/a/half/cpuset.cpu_exclusive
expect { echo 0 > /containers/a/cpuset.cpu_exclusive } fails EBUSY

# Shows G7.
