#: # A signal across the border
#:
#: A pid is only a word. Whose dictionary it is looked up in decides whom it means: "identify the
#: locations at the user/kernel boundary where pids and related ids need to be (de-)virtualized".
profile franke-2005
spawn sshd
spawn postgres
as sshd { echo web > /proc/container }
as postgres { echo db > /proc/container }
as sshd spawn -n 2 httpd

#: In **web** the second *httpd* is 3. In **db** nobody is 3, so a kill from there reaches nobody.
expect { as db:1 kill -TERM 3 } fails ESRCH
expect { as web:1 kill -0 3 }

#: `trace` shows the translation, id by id.
as db:1 trace kill -0 3 || true
as web:1 trace kill -0 3

#: From the system container every task can be named by its kernel pid, and by *container:pid*.
expect $(ps -o pid= -p web:3) == 5
kill -TERM web:3
expect { ps -e -o stat=,comm= } matches /Z\S*\s+httpd.2/
as web:1 wait 3 || true

#: `kill -1` means "everybody I can see". For *web*'s first task that is *httpd.1* alone.
as web:1 kill -TERM -1
expect { ps -e -o stat=,comm= } matches /Z\S*\s+httpd.1/
expect { ps -e -o stat=,comm= } matches /S\S*\s+postgres/

# Shows P6.
