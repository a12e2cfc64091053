# dup(2): a duplicate is another number for the same open file
exec 3> /tmp/file
exec 4>&3
echo one >&3
echo two >&4
exec 3>&-
echo three >&4
expect { cat /tmp/file } matches /\Aone\ntwo\nthree\Z/
expect { echo four >&3 } fails EBADF
