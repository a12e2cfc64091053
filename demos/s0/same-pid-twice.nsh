#: # The same pid twice
#:
#: "There is a separate pid space associated with each container." So two containers may both have
#: a pid 2, and neither is wrong.
profile franke-2005
spawn sshd
spawn postgres
as sshd { echo web > /proc/container }
as postgres { echo db > /proc/container }
as sshd spawn httpd
as postgres spawn writer
ps -e -o pid,cid,vpid,comm

#: *httpd* and *writer* both believe that they are 2. Ask them.
expect { as httpd getpid } prints "2"
expect { as writer getpid } prints "2"

#: And `kill 2` means a different task, depending on who says it.
as db:1 kill -TERM 2
expect { ps -e -o stat=,comm= } matches /Z\S*\s+writer/
expect { ps -e -o stat=,comm= } matches /S\S*\s+httpd/

#: *postgres* is told which child died, by the number that it knows.
expect { as postgres waitpid } prints "2 killed TERM"

# Shows P2.
