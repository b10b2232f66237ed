/** include/linux/async.h, as kernel/async.c does it. */
import { stub } from "../../src/stub/declare.ts";

export const asyncScheduleNode = stub(
  "async_cookie_t async_schedule_node(async_func_t func, void *data, int node)",
  (k, { func, data }) => k.asyncCalls.schedule(func, data, 0),
);
export const asyncScheduleNodeDomain = stub(
  `async_cookie_t async_schedule_node_domain(async_func_t func, void *data, int node,
      struct async_domain *domain)`,
  (k, { func, data, domain }) => k.asyncCalls.schedule(func, data, domain),
);

export const asyncSynchronizeFull = stub("void async_synchronize_full(void)", { sleeps: true }, (k) =>
  k.asyncCalls.wait(Infinity, "all"),
);
export const asyncSynchronizeFullDomain = stub(
  "void async_synchronize_full_domain(struct async_domain *domain)",
  { sleeps: true },
  (k, { domain }) => k.asyncCalls.wait(Infinity, domain),
);
export const asyncSynchronizeCookie = stub(
  "void async_synchronize_cookie(async_cookie_t cookie)",
  { sleeps: true },
  (k, { cookie }) => k.asyncCalls.wait(Number(cookie), 0),
);
export const asyncSynchronizeCookieDomain = stub(
  "void async_synchronize_cookie_domain(async_cookie_t cookie, struct async_domain *domain)",
  { sleeps: true },
  (k, { cookie, domain }) => k.asyncCalls.wait(Number(cookie), domain),
);
export const currentIsAsync = stub("bool current_is_async(void)", (k) => k.asyncCalls.isIn(k.current));
