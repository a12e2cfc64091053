# proc_id_map_open(): an open map keeps the namespace of who opened it, in whose numbers it tells
spawn --user outer
echo '0 0 2' > /proc/2/uid_map
echo '0 0 2' > /proc/2/gid_map
outer spawn --user inner
as 3 open -m r /proc/2/uid_map
pidfd open 3 > /dev/null
pidfd getfd 3 3 > /dev/null
as 3 exit 0
outer waitpid > /dev/null
expect { cat <&4 } matches /^ +0 +4294967295 +2$/
