# create_user_ns(): ENOSPC when the one around is 33 levels below the first already
spawn w
repeat 33 {
  w unshare --user
  as w echo '0 0 1' > /proc/self/uid_map
  as w echo deny > /proc/self/setgroups
  as w echo '0 0 1' > /proc/self/gid_map
}
expect { w unshare --user } fails ENOSPC
