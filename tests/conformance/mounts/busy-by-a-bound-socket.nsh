# unix_bind_bsd(), unix_stream_connect(): a bound socket keeps its file, and its mount is busy
mkdir /tmp/m /tmp/n
mount -t tmpfs -o size=64k none /tmp/m
mkdir /tmp/m/a
mount --bind /tmp/m/a /tmp/n
socket unix dgram; bind 3 /tmp/n/s
expect { umount /tmp/n } fails EBUSY
umount /tmp/m
rm /tmp/n/s
expect { umount /tmp/n } fails EBUSY
exec 3<&-
umount /tmp/n
mount -t tmpfs none /tmp/m
socket unix stream; bind 3 /tmp/m/s; listen 3
socket unix stream; connect 4 /tmp/m/s
expect { umount /tmp/m } fails EBUSY
accept 3; exec 3<&-
expect { umount /tmp/m } fails EBUSY
exec 5<&-
umount /tmp/m
mount -t tmpfs none /tmp/m
socket unix seqpacket; bind 3 /tmp/m/s
umount -l /tmp/m
getsockname 3
expect { mountpoint -q /tmp/m } fails
