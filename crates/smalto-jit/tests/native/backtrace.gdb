# A backtrace in the callback, then in the kernel before each of its last instructions.
set language c
run
bt
while $pc < (long) kernel_under_test || $pc >= (long) kernel_under_test + 64
stepi
end
bt
stepi
bt
stepi
bt
continue
