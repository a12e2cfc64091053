#: # A checkpoint is a copy
#:
#: *"C/R file systems"*, say the notes of the summit of 2007, and draw a tree: *"elegant but exposes
#: too much the ABI"*. Who answers likes it: *"I gather you would then do a checkpoint by doing
#: something like cp /mnt/crfs/vserver1 /opt/checkpoints/vserver1/"*, and then date and time.
spawn --pid --uts --ipc vserver1 {
  ipcmk -M 4096
  n=0
  while true { n=$(( $n + 1 )); hostname count-$n; sleep 1 }
}
sleep 2
mkdir -p /mnt/crfs; mount -t crfs none /mnt/crfs
ls /mnt/crfs

#: ## Checkpoint
#:
#: Who opens the container's directory takes a checkpoint, of that moment: what is below is the
#: image, and stays so until somebody opens it anew.
mkdir -p /opt/checkpoints/vserver1/`date +%F`
cp -a /mnt/crfs/vserver1 /opt/checkpoints/vserver1/`date +%F`/`date +%R`
kept=$(echo /opt/checkpoints/vserver1/*/*)

#: The tree is the one in the notes, as far as this kernel has what they name: a directory for each
#: process, one for each of its threads, and a file for what is everybody's.
ls -R $kept
expect { cat $kept/0x00000001/process } matches /"comm":"vserver1"/
expect { cat $kept/0x00000001/0x00000001/thread.frame } matches /hostname/
expect { cat $kept/sysv.shm } matches /"size":4096/

#: ## Restart
#:
#: The reverse is the reverse: a new directory becomes a container with the write that makes its
#: image whole. That goes on with what its variables were.
sleep 3
kill -KILL vserver1; wait vserver1 || true
expect { ls /mnt/crfs } prints ""
cp -a $kept /mnt/crfs/vserver1
expect $(nsenter -t vserver1:1 -u hostname) == count-3
sleep 2
expect $(nsenter -t vserver1:1 -u hostname) == count-5

#: ## Too much of the ABI
#:
#: Each file holds lines of the image as S3 has it, so a tool for text changes what comes back. And
#: where no tree is wanted, each container is one file: the very image that `checkpoint` writes.
sed s/count-3/changed/ $kept/uts > /tmp/uts; cp /tmp/uts $kept/uts
cp -a $kept /mnt/crfs/twin
expect $(nsenter -t twin:1 -u hostname) == changed
mkdir /mnt/stream; mount -t crfs -o stream none /mnt/stream
cp /mnt/stream/twin /tmp/twin
expect { ckptinfo -i /tmp/twin -o container } matches /name=twin/
cp /tmp/twin /mnt/stream/third
expect { ps -e -o cid=,vpid= } matches /third +1/

# Shows C8.
