// SPDX-License-Identifier: GPL-2.0
/* Frame buffers as they are allocated, and when the machine was started. */
#include <linux/fb.h>
#include <linux/module.h>
#include <linux/timekeeping.h>

static struct device device;

static void allocate(size_t size, struct device *dev)
{
	struct fb_info *info = framebuffer_alloc(size, dev);

	if (!info)
		return;
	pr_info("%zu: its own at %ld, aligned %d, zero %d, device %d, hint %d, lock %d\n", size,
		info->par ? (long)((char *)info->par - (char *)info - sizeof(*info)) : -1,
		IS_ALIGNED((unsigned long)info->par, sizeof(long)),
		!size || memchr_inv(info->par, 0, size) == NULL, info->device == dev,
		info->fbcon_rotate_hint, mutex_trylock(&info->bl_curve_mutex));
	mutex_unlock(&info->bl_curve_mutex);
	info->apertures = alloc_apertures(1);
	framebuffer_release(info);
}

static int __init screen_init(void)
{
	struct timespec64 boot, real, up;

	allocate(0, NULL);
	allocate(1, &device);
	allocate(100, &device);
	framebuffer_release(NULL);
	getboottime64(&boot);
	ktime_get_boottime_ts64(&up);
	ktime_get_real_ts64(&real);
	pr_info("boot and uptime make now: %d, in order: %d\n",
		abs(real.tv_sec - boot.tv_sec - up.tv_sec) <= 1, boot.tv_nsec >= 0 && boot.tv_nsec < NSEC_PER_SEC);
	return 0;
}

static void __exit screen_exit(void)
{
}

module_init(screen_init);
module_exit(screen_exit);
MODULE_LICENSE("GPL");
