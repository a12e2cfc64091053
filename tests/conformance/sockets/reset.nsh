# unix(7): data left unread by who closes is told by ECONNRESET, once
socketpair stream
send 3 unread
send 4 read
exec 4>&-
expect { recv 3 } prints "read"
expect { recv 3 } fails ECONNRESET
expect { recv 3 || echo end } prints "end"
