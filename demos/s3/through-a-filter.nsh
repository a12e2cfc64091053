#: # Through a filter
#:
#: *"DLu: using sequential file (non seek-able) like a socket for the checkpoint image is a
#: challenge. OL: with proper planning it is not complicated to achieve, and it has advantage of
#: possible to pass through a filter, e.g. for compression, encryption, format conversion etc."*
spawn --pid --uts web { hostname first; while true { sleep 1 } }
sleep 1

#: So an image is a stream of lines, and nobody ever seeks in it. Here one goes to a restart at
#: once: two containers with the same pids inside, at the same time.
checkpoint web | restart --name twin
expect { nsenter -t twin:1 -u hostname } prints "first"
ps -e -o pid,cid,vpid,comm
expect $(ps -e -o vpid=,comm= | grep -c '1 web') == 2

#: ## Format conversion
#:
#: *"The best solution in this sense is to provide a filter (hopefully in user space, utility) that
#: would convert a checkpoint image file from the old format to a newer format."* A filter can be as
#: small as this one: it gives whoever comes back another name.
checkpoint web | sed '/"object":"uts"/s/first/second/' | restart --name third
expect { nsenter -t third:1 -u hostname } prints "second"
expect { nsenter -t web -u hostname } prints "first"

#: ## Encryption
#:
#: As old as Caesar, and its own reverse.
checkpoint web | tr A-Za-z N-ZA-Mn-za-m > /tmp/secret
expect { restart -i /tmp/secret } fails EINVAL
tr A-Za-z N-ZA-Mn-za-m < /tmp/secret | restart --name fourth
expect { nsenter -t fourth:1 -u hostname } prints "first"

# Shows C7, C12.
