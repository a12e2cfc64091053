# unlink(2): a file without a name lives as long as a descriptor refers to it
echo text > /tmp/file
exec 3< /tmp/file
rm /tmp/file
expect { cat /tmp/file } fails ENOENT
expect { cat <&3 } prints "text"
