# clone(2), errors: EINVAL for more numbers than levels can be (MAX_PID_NS_LEVEL is 32)
ten=9,9,9,9,9,9,9,9,9,9
expect { clone2 --name w --set-tid $ten,$ten,$ten,9,9,9 } fails EINVAL
expect { clone2 --name w --set-tid 9 } prints "9"
