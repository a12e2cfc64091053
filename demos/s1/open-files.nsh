#: # Who pays for an open file?
#:
#: User BeanCounters charge what processes hold to a group of them: here open files. Each counter
#: has what is held now, what was held at most, and how often it was too much.
mkdir /containers
mount -t container -o numfiles none /containers
mkdir /containers/web /containers/db
spawn httpd
spawn mysqld
echo 2 > /containers/web/tasks
echo 3 > /containers/db/tasks
echo 3 > /containers/web/numfiles.barrier
httpd { exec 5< /proc/self/status 6< /proc/self/stat }
expect { cat /containers/web/numfiles.held } prints "2"
expect { cat /containers/db/numfiles.held } prints "0"

#: ## The barrier, and the limit
#:
#: The barrier stops everybody but who has CAP_SYS_ADMIN; the limit stops those too.
httpd { exec 7< /proc/self/stat 8< /proc/self/stat }
expect { cat /containers/web/numfiles.held } prints "4"
echo 5 > /containers/web/numfiles.limit
httpd { exec 9< /proc/self/stat }
expect { httpd { exec 10< /proc/self/stat } } fails ENFILE
expect { cat /containers/web/numfiles.failcnt } prints "1"
expect { cat /containers/web/numfiles.maxheld } prints "5"

#: ## It stays charged
#:
#: A file is its opener's, wherever that goes, and whoever has it then. So a container can be kept
#: by files alone, with nobody in it.
echo 2 > /containers/tasks
expect { cat /containers/web/numfiles.held } prints "5"
expect { rmdir /containers/web } fails EBUSY
kill 2
wait httpd || true
expect { cat /containers/web/numfiles.held } prints "0"
rmdir /containers/web

# Shows G6, G10.
