#: # A container is a directory, a namespace is a file
#:
#: Serge Hallyn, 2007: "I really like the idea of having files representing each namespace under
#: each namespace container directory, creating a new container by linking some of those namespace
#: files, and entering containers by echoing the pathname to the new container into
#: /proc/$$/ns_container."
policy ns.enter attach
mkdir /containers
mount -t ns_container none /containers
ls /containers

#: "We need a semantic difference between attaching to a container, and being the first to join the
#: container you just created." The first to join gives it what he is in.
mkdir /containers/web /containers/db
spawn web
as web { unshare --uts; hostname webhost; echo /containers/web > /proc/self/ns_container }
spawn db
as db { unshare --uts; hostname dbhost; echo /containers/db > /proc/self/ns_container }
expect { cat /proc/2/ns_container } prints "/web"
ls -l /containers/web

#: Others attach by its path.
spawn visitor
as visitor { echo /containers/db > /proc/self/ns_container }
expect { as visitor hostname } prints "dbhost"
expect { rmdir /containers/db } fails EBUSY

#: A new container, by linking: db's names in web's everything else.
mkdir /containers/both
ln /containers/db/uts /containers/both/uts
ln /containers/web/mnt /containers/both/mnt
spawn mixed
as mixed { echo /containers/both > /proc/self/ns_container }
expect { as mixed hostname } prints "dbhost"

#: "…so that we can ask to attach to just the network namespace, but none of the others": the path
#: of one file.
spawn partly
as partly { echo /containers/web/uts > /proc/self/ns_container }
expect { as partly hostname } prints "webhost"
expect { cat /proc/self/ns_container } prints "none"

#: "(either upon the echo, or, I think preferably, upon a subsequent exec)": the other way.
policy ns.enter-when at-exec
spawn patient
as patient { echo /containers/web > /proc/self/ns_container }
expect { as patient hostname } prints "nsh"
expect { as patient env hostname } prints "webhost"
expect { as patient env cat /proc/self/ns_container } prints "/web"

#: The files keep what they name: everybody leaves, and the name is still there.
policy ns.enter-when at-write
as web exit
spawn late
as late { echo /containers/web > /proc/self/ns_container }
expect { as late hostname } prints "webhost"

# Shows G12, N16.
