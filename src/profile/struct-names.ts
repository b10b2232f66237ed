/**
 * Structs that have a TypeScript type (struct-types.ts) and are in every profile, even where no
 * exported function's prototype leads to them. Those that they hold by value come along.
 */
export const STRUCT_NAMES: readonly string[] = `
  module module_kobject module_attribute module_layout module_memory module_use kernel_param kernel_param_ops
  kparam_array kparam_string kernel_symbol modversion_info exception_table_entry bug_entry alt_instr
  static_key static_key_false static_key_mod jump_entry static_call_key static_call_site static_call_mod
  tracepoint tracepoint_func orc_entry mod_kallsyms srcu_struct

  task_struct thread_info thread_struct pt_regs cred user_struct user_namespace nsproxy pid pid_namespace
  files_struct fdtable fs_struct mm_struct vm_area_struct vm_operations_struct vm_fault signal_struct
  sighand_struct kthread_work kthread_worker kthread_delayed_work uts_namespace new_utsname group_info
  task_group sched_param rlimit rusage linux_binprm

  spinlock raw_spinlock mutex semaphore rw_semaphore rwlock_t seqcount seqlock_t percpu_rw_semaphore
  completion swait_queue_head swait_queue wait_queue_head wait_queue_entry wait_bit_key wait_bit_queue_entry
  rt_mutex atomic_t atomic64_t refcount_struct kref callback_head list_head hlist_head hlist_node
  hlist_bl_head hlist_bl_node llist_head llist_node rb_node rb_root rb_root_cached xarray idr ida
  xa_node xa_state rhashtable rhashtable_iter bucket_table rhlist_head interval_tree_node linear_range
  ww_mutex ww_acquire_ctx ww_class lockref static_key_true percpu_counter percpu_ref
  work_struct delayed_work rcu_work workqueue_struct workqueue_attrs timer_list hrtimer hrtimer_clock_base
  tasklet_struct softirq_action irq_work rcu_synchronize notifier_block atomic_notifier_head
  blocking_notifier_head raw_notifier_head srcu_notifier_head execute_work once_work

  device device_driver bus_type class class_interface device_type device_attribute driver_attribute
  bus_attribute class_attribute class_attribute_string attribute attribute_group bin_attribute kobject kset
  kobj_type kobj_attribute kset_uevent_ops kobj_uevent_env sysfs_ops kernfs_node kernfs_ops kernfs_open_file
  dev_pm_ops dev_pm_info device_private subsys_private driver_private device_dma_parameters
  device_node fwnode_handle fwnode_operations fwnode_reference_args fwnode_endpoint software_node software_node_ref_args swnode
  property_entry component_ops component_match_array dev_ext_attribute
  platform_device platform_driver platform_device_id platform_device_info of_device_id acpi_device_id
  resource resource_entry miscdevice cdev probe faux_device auxiliary_device auxiliary_driver

  file file_operations inode inode_operations dentry dentry_operations super_block super_operations
  file_system_type fs_context fs_context_operations fs_parameter fs_parameter_spec vfsmount mount path qstr
  address_space address_space_operations seq_file seq_operations proc_ops proc_dir_entry iov_iter iovec kvec
  bio_vec kiocb poll_table_struct poll_table_entry poll_wqueues fasync_struct fown_struct iattr kstat kstatfs
  dir_context ctl_table ctl_table_header ctl_table_set ctl_table_root ctl_dir ctl_node debugfs_regset32
  debugfs_blob_wrapper debugfs_u32_array file_lock xattr_handler timespec64 timespec64 itimerspec64 old_timespec32
  __kernel_timespec simple_transaction_argresp simple_attr tree_descr nameidata filename file_ra_state
  writeback_control page folio page_pool address_space_operations pglist_data zone vm_struct mempool_s
  kmem_cache kmem_cache_order_objects shrinker shrink_control dma_pool gen_pool mmu_notifier
  mmu_notifier_ops scatterlist sg_table dma_map_ops device_dma_parameters fiemap_extent_info

  kprobe kretprobe kretprobe_instance ftrace_ops ftrace_regs ftrace_hash ftrace_ops_hash
  uprobe_consumer perf_event perf_event_attr perf_sample_data trace_event_call trace_event_class trace_event_functions
  trace_event trace_iterator trace_event_buffer trace_event_fields ratelimit_state _ddebug ddebug_class_map printk_info va_format
  kmsg_dumper console tty_driver tty_struct tty_operations tty_port tty_port_operations tty_ldisc_ops
  tty_ldisc ktermios uart_driver uart_port uart_ops serial_icounter_struct

  irq_desc irq_data irqaction irq_chip irq_domain irq_domain_ops irq_common_data msi_msg msi_desc
  irq_fwspec irq_affinity irq_affinity_desc clk clk_hw clk_ops clk_init_data clocksource clock_event_device
  firmware builtin_fw crypto_alg crypto_instance crypto_template crypto_tfm crypto_shash shash_alg shash_desc
  crypto_ahash ahash_alg ahash_request hash_alg_common crypto_skcipher skcipher_alg skcipher_request
  crypto_aead aead_alg aead_request crypto_cipher cipher_alg compress_alg acomp_alg acomp_req
  crypto_async_request crypto_akcipher akcipher_alg akcipher_request crypto_rng rng_alg crypto_spawn
  crypto_type crypto_kpp kpp_alg scomp_alg crypto_wait rtattr crypto_queue

  dev_pm_qos dev_pm_qos_request pm_qos_constraints pm_qos_request freq_constraints freq_qos_request
  acpi_table_header async_domain pmu dma_device dma_chan dmi_device cpufreq_driver dev_pm_domain

  pci_dev pci_driver pci_bus pci_device_id pci_dynids pci_ops pci_error_handlers pci_host_bridge pci_fixup
  usb_device usb_interface usb_host_interface usb_host_endpoint urb usb_endpoint_descriptor
  usb_interface_descriptor usb_device_descriptor i2c_client i2c_driver i2c_adapter i2c_algorithm i2c_msg
  i2c_device_id i2c_board_info spi_device spi_driver spi_controller spi_transfer spi_message spi_device_id
  gpio_chip gpio_desc gpio_device led_classdev led_trigger input_dev input_handle input_handler input_device_id
  input_absinfo vc vc_data keyboard_notifier_param die_args
  input_event input_value input_id serio serio_driver rtc_device rtc_class_ops
  rtc_time thermal_zone_device thermal_zone_device_ops thermal_cooling_device
   hwrng regulator_dev regulator_desc regmap regmap_config regmap_bus power_supply power_supply_desc
  backlight_device backlight_ops backlight_properties fb_info fb_ops acpi_device acpi_driver acpi_device_ops
  virtio_device virtqueue pnp_dev pnp_driver pnp_device_id

  net net_device net_device_ops ethtool_ops header_ops net_device_stats rtnl_link_stats64 rtnl_link_ops
  sk_buff sk_buff_head skb_shared_info napi_struct netdev_queue netdev_rx_queue net_device_path
  nf_hook_ops nf_hook_state nf_hook_entries nf_sockopt_ops
  packet_type sock sock_common socket proto proto_ops net_proto_family inet_sock msghdr sockaddr
  sockaddr_in sockaddr_in6 iphdr ipv6hdr tcphdr udphdr ethhdr arphdr icmphdr in_device in_ifaddr inet6_dev
  pernet_operations nlmsghdr netlink_kernel_cfg netlink_skb_parms nlattr nla_policy genl_family genl_ops
  genl_small_ops cn_msg genl_multicast_group genl_info genlmsghdr netlink_callback netlink_sock netdev_notifier_info netlink_ext_ack tcp_congestion_ops Qdisc Qdisc_ops
  tcf_proto_ops tc_action_ops dst_entry dst_ops neighbour neigh_table flowi rtable net_protocol inet_protosw
  request_sock_ops timewait_sock_ops sk_filter bpf_prog bpf_map bpf_map_ops ifreq ifmap
  fqdir inet_frags ipv6_pinfo socket_alloc socket_wq tcp_ulp_ops rtnl_af_ops packet_offload net_offload xfrm_input_afinfo
  netdev_hw_addr netdev_adjacent sockaddr_nl inet_hashinfo key_user key_tag asymmetric_key_parser
  asymmetric_key_ids asymmetric_key_id asymmetric_key_subtype public_key public_key_signature
  led_init_data led_pattern led_hw_trigger_type

  gendisk block_device block_device_operations request_queue request blk_mq_tag_set blk_mq_ops
  blk_mq_hw_ctx blk_mq_queue_data bio bio_set bvec_iter queue_limits hd_geometry blk_plug elevator_type
  buffer_head

    key key_type keyring_search_context key_preparsed_payload security_hook_list
  security_hook_heads lsm_info linux_binfmt uid_gid_map audit_context cpuinfo_x86 desc_struct
  desc_ptr x86_cpu_id gate_struct paravirt_patch_template cpumask nodemask_t tm __va_list_tag
`
  .split(/\s+/)
  .filter((name, index, all) => name !== "" && all.indexOf(name) === index);
