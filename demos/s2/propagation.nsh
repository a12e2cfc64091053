#: # Whose mounts are whose?
#:
#: Two containers, each with a mount namespace: a copy of what was mounted when it was made. From
#: then on what is mounted here is not seen there, unless somebody wanted it so.
mkdir /media
mount -t tmpfs media /media
mkdir /media/disc /media/stick
spawn --mount web
mount -t tmpfs disc /media/disc
expect { web mountpoint -q /media/disc } fails
umount /media/disc

#: But a disc that is put in should appear everywhere. Make the mount *shared*: copies of it, in
#: other namespaces or bound elsewhere, are its **peers**, and what is mounted on one is mounted on
#: all.
mount --make-shared /media
spawn --mount db
spawn --mount mail
mount -t tmpfs disc /media/disc
echo music > /media/disc/track
expect { db cat /media/disc/track } prints "music"
expect { mail cat /media/disc/track } prints "music"
#: *web* was made before, and its copy is nobody's peer.
expect { web mountpoint -q /media/disc } fails

#: It works both ways, which is more than a container should be able to do.
db umount /media/disc
expect { mountpoint -q /media/disc } fails
expect { mail mountpoint -q /media/disc } fails

#: So make *mail*'s a **slave**: it is told, and tells nobody.
mail mount --make-slave /media
expect { mail findmnt -n -o PROPAGATION /media } prints "private,slave"
mount -t tmpfs disc /media/disc
expect { mail mountpoint /media/disc }
mail mount -t tmpfs own /media/stick
expect { mountpoint -q /media/stick } fails
expect { db mountpoint -q /media/stick } fails
mail cat /proc/self/mountinfo

#: Unmounting tells the others too, so that what is in use anywhere keeps all of it busy.
mail cd /media/disc
expect { umount /media/disc } fails EBUSY
mail cd /
umount /media/disc
expect { mail mountpoint -q /media/disc } fails
expect { mail mountpoint /media/stick }

# Shows N15.
