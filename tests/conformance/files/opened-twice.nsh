# open(2): each open has an offset of its own, so writers overwrite each other, but for O_APPEND
exec 3> /tmp/file
exec 4> /tmp/file
echo one >&3
echo two >&4
expect { cat /tmp/file } matches /\Atwo\Z/
exec 5>> /tmp/file
echo three >&3
echo four >&5
expect { cat /tmp/file } matches /\Atwo\nthree\nfour\Z/
