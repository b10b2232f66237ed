# Builds the modules of NAMES beside their sources, without debug information, against Debian's
# linux-headers-6.1.0-56-amd64 (gcc-12). What is included here is read twice: by make, and by Kbuild.
KDIR ?= /usr/src/linux-headers-6.1.0-56-amd64
obj-m := $(addsuffix .o,$(NAMES))

.PHONY: all clean prepare
all: prepare
	$(MAKE) -C $(KDIR) M=$(CURDIR) \
		KCFLAGS='-ffile-prefix-map=$(CURDIR)/= -fdebug-prefix-map=$(CURDIR)=.' modules
	for f in $(NAMES); do objcopy -g $$f.ko; done
	rm -rf *.o *.mod *.mod.c .*.cmd .tmp_versions Module.symvers modules.order
prepare::
clean::
	rm -f $(addsuffix .ko,$(NAMES))
