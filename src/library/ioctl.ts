/** Request numbers of ioctl(2) as drivers make them (include/uapi/asm-generic/ioctl.h). */
const request = (direction: number, type: string | number, number: number, size: number): number =>
  direction * 2 ** 30 +
  (size & 0x3fff) * 2 ** 16 +
  (typeof type === "string" ? type.charCodeAt(0) : type & 0xff) * 2 ** 8 +
  (number & 0xff);

/** Without an argument. */
export const _IO = (type: string | number, number: number): number => request(0, type, number, 0);
/** The driver writes `size` bytes to the argument. */
export const _IOR = (type: string | number, number: number, size: number): number =>
  request(2, type, number, size);
/** The driver reads them from there. */
export const _IOW = (type: string | number, number: number, size: number): number =>
  request(1, type, number, size);
/** Both. */
export const _IOWR = (type: string | number, number: number, size: number): number =>
  request(3, type, number, size);
