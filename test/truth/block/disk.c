// SPDX-License-Identifier: GPL-2.0-only
/* Two disks: one that gets bios, and one with requests of its own; what their queues say, and how they go. */
#include <linux/blk-mq.h>
#include <linux/backing-dev.h>
#include <linux/blkdev.h>
#include <linux/module.h>

static int major;
static struct gendisk *plain, *queued;
static struct blk_mq_tag_set set;
static int requests, left;

struct command {
	int number;
};

static void submit(struct bio *bio)
{
	bio_endio(bio);
}

static void free_disk(struct gendisk *disk)
{
	pr_info("disk: free %s\n", disk->disk_name);
}

static const struct block_device_operations plain_ops = {
	.owner = THIS_MODULE, .submit_bio = submit, .free_disk = free_disk,
};
static const struct block_device_operations queued_ops = { .owner = THIS_MODULE };

static blk_status_t queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *data)
{
	blk_mq_start_request(data->rq);
	blk_mq_end_request(data->rq, BLK_STS_OK);
	return BLK_STS_OK;
}

static int init_request(struct blk_mq_tag_set *tags, struct request *rq, unsigned int index, unsigned int node)
{
	struct command *command = blk_mq_rq_to_pdu(rq);

	command->number = ++requests;
	return 0;
}

static void exit_request(struct blk_mq_tag_set *tags, struct request *rq, unsigned int index)
{
	left += ((struct command *)blk_mq_rq_to_pdu(rq))->number != 0;
}

static int init_hctx(struct blk_mq_hw_ctx *hctx, void *data, unsigned int index)
{
	pr_info("disk: hctx %u data %d queue %d tags %d\n", index, data == &set, hctx->queue != NULL, hctx->tags != NULL);
	return 0;
}

static void exit_hctx(struct blk_mq_hw_ctx *hctx, unsigned int index)
{
	pr_info("disk: hctx %u goes\n", index);
}

static const struct blk_mq_ops ops = {
	.queue_rq = queue_rq, .init_request = init_request, .exit_request = exit_request,
	.init_hctx = init_hctx, .exit_hctx = exit_hctx,
};

static void show(const char *what, struct request_queue *q)
{
	struct queue_limits *l = &q->limits;

	pr_info("disk: %s logical %u physical %u min %u opt %u sectors %u %u segments %u size %u discard %u\n", what,
		l->logical_block_size, l->physical_block_size, l->io_min, l->io_opt, l->max_hw_sectors, l->max_sectors,
		l->max_segments, l->max_segment_size, l->max_discard_sectors);
	pr_info("disk: %s requests %lu wc %d fua %d rotational %d dma %u\n", what, q->nr_requests,
		test_bit(QUEUE_FLAG_WC, &q->queue_flags), test_bit(QUEUE_FLAG_FUA, &q->queue_flags),
		!blk_queue_nonrot(q), l->dma_alignment);
}

static int make_plain(void)
{
	struct request_queue *q;

	plain = blk_alloc_disk(NUMA_NO_NODE);
	q = plain->queue;
	pr_info("disk: same queue %d part0 %d ro %d pages %lu\n", bdev_get_queue(plain->part0) == q,
		plain->part0->bd_disk == plain, get_disk_ro(plain), plain->bdi->io_pages);
	show("new", q);
	blk_queue_logical_block_size(q, 1024);
	blk_queue_io_min(q, 512);
	blk_queue_physical_block_size(q, 4096);
	blk_queue_io_opt(q, 65536);
	blk_queue_max_hw_sectors(q, 5);
	show("small", q);
	blk_queue_max_hw_sectors(q, 9999);
	blk_queue_max_segments(q, 0);
	blk_queue_max_segment_size(q, 100);
	blk_queue_max_discard_sectors(q, 77);
	blk_queue_write_cache(q, true, false);
	blk_queue_flag_set(QUEUE_FLAG_NONROT, q);
	show("set", q);
	plain->major = major;
	plain->first_minor = 3;
	plain->minors = 1;
	plain->flags |= GENHD_FL_NO_PART;
	plain->fops = &plain_ops;
	snprintf(plain->disk_name, DISK_NAME_LEN, "kobox%d", 3);
	set_capacity(plain, 4096);
	set_disk_ro(plain, true);
	pr_info("disk: capacity %llu bytes %lld ro %d pages %lu\n", get_capacity(plain),
		bdev_nr_bytes(plain->part0), get_disk_ro(plain), plain->bdi->io_pages);
	return add_disk(plain);
}

static int make_queued(void)
{
	int error;

	set.ops = &ops;
	set.nr_hw_queues = 4;
	set.queue_depth = 16;
	set.numa_node = NUMA_NO_NODE;
	set.cmd_size = sizeof(struct command);
	set.driver_data = &set;
	error = blk_mq_alloc_tag_set(&set);
	pr_info("disk: tag set %d queues %u depth %u maps %u\n", error, set.nr_hw_queues, set.queue_depth, set.nr_maps);
	queued = blk_mq_alloc_disk(&set, &requests);
	pr_info("disk: queued %d data %d set %d\n", !IS_ERR(queued), queued->queue->queuedata == &requests,
		queued->queue->tag_set == &set);
	queued->fops = &queued_ops;
	strcpy(queued->disk_name, "koboxq");
	queued->flags |= GENHD_FL_NO_PART;
	error = add_disk(queued);
	pr_info("disk: major %d minor %d\n", queued->major, queued->first_minor);
	return error;
}

static int __init disk_init(void)
{
	struct blk_mq_tag_set none = {};

	major = register_blkdev(0, "kobox");
	pr_info("disk: plain %d\n", make_plain());
	pr_info("disk: queued %d\n", make_queued());
	none.ops = &ops;
	none.queue_depth = 1;
	pr_info("disk: no queues %d\n", blk_mq_alloc_tag_set(&none));
	pr_info("disk: changed %d\n", set_capacity_and_notify(plain, 8192));
	return 0;
}

static void __exit disk_exit(void)
{
	del_gendisk(plain);
	pr_info("disk: capacity %llu\n", get_capacity(plain));
	put_disk(plain);
	del_gendisk(queued);
	put_disk(queued);
	blk_mq_free_tag_set(&set);
	pr_info("disk: all left %d tags %d\n", left >= 16 && left == requests, set.tags != NULL);
	unregister_blkdev(major, "kobox");
}

module_init(disk_init);
module_exit(disk_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Disks and their queues");
