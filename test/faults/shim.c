/*
 * A library that a process loads before all others (LD_PRELOAD). It lets one call to the system fail: the n-th call of a kind since
 * the process called access("/fault/arm/<kind>/<n>"). readlink("/fault/counts") says how many calls of each kind there were since
 * then. Calls that write count only for files below FAULT_ROOT; calls that connect and send count only for the network.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITE, FSYNC, CHANGE, FORK, CONNECT, SEND, KINDS };
static const char *const NAMES[KINDS] = {"write", "fsync", "change", "fork", "connect", "send"};
/* In the order of NAMES: a full disk, a failing disk, a full disk, too many processes, a server that is away, a broken connection. */
static const int ERRORS[KINDS] = {ENOSPC, EIO, ENOSPC, EAGAIN, ECONNREFUSED, ECONNRESET};

static atomic_long counts[KINDS];
static atomic_int armed = -1;
static atomic_long nth;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Counts this call, and says whether it must fail. If so, sets errno. */
static int fails(enum kind kind) {
  long now = atomic_fetch_add(&counts[kind], 1) + 1;
  if (atomic_load(&armed) != (int)kind || now != atomic_load(&nth)) return 0;
  errno = ERRORS[kind];
  return 1;
}

static int is_below_root(const char *path) {
  const char *root = getenv("FAULT_ROOT");
  return root != NULL && strncmp(path, root, strlen(root)) == 0;
}

static int is_file(int fd) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = REAL(readlink)(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_below_root(path);
}

static int is_network(int fd) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) != 0) return 0;
  return address.ss_family == AF_INET || address.ss_family == AF_INET6;
}

static int write_fails(int fd) {
  if (is_file(fd)) return fails(WRITE);
  return is_network(fd) && fails(SEND);
}

int access(const char *path, int mode) {
  char name[16];
  long n;
  if (sscanf(path, "/fault/arm/%15[a-z]/%ld", name, &n) != 2) return REAL(access)(path, mode);
  atomic_store(&armed, -1);
  for (int kind = 0; kind < KINDS; kind++) atomic_store(&counts[kind], 0);
  atomic_store(&nth, n);
  for (int kind = 0; kind < KINDS; kind++) if (strcmp(name, NAMES[kind]) == 0) atomic_store(&armed, kind);
  errno = ENOENT;
  return -1;
}

ssize_t readlink(const char *path, char *text, size_t size) {
  if (strcmp(path, "/fault/counts") != 0) return REAL(readlink)(path, text, size);
  int length = 0;
  for (int kind = 0; kind < KINDS && length < (int)size; kind++)
    length += snprintf(text + length, size - length, "%s=%ld ", NAMES[kind], atomic_load(&counts[kind]));
  return length;
}

ssize_t write(int fd, const void *data, size_t size) { return write_fails(fd) ? -1 : REAL(write)(fd, data, size); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
  return write_fails(fd) ? -1 : REAL(writev)(fd, parts, count);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  return write_fails(fd) ? -1 : REAL(pwrite64)(fd, data, size, at);
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  return is_network(fd) && fails(SEND) ? -1 : REAL(sendmsg)(fd, message, flags);
}

int fsync(int fd) { return is_file(fd) && fails(FSYNC) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return is_file(fd) && fails(FSYNC) ? -1 : REAL(fdatasync)(fd); }

int ftruncate64(int fd, off64_t size) { return is_file(fd) && fails(CHANGE) ? -1 : REAL(ftruncate64)(fd, size); }
int rename(const char *from, const char *to) { return is_below_root(to) && fails(CHANGE) ? -1 : REAL(rename)(from, to); }
int unlink(const char *path) { return is_below_root(path) && fails(CHANGE) ? -1 : REAL(unlink)(path); }

int connect(int fd, const struct sockaddr *to, socklen_t size) {
  int is_counted = to->sa_family == AF_INET || to->sa_family == AF_INET6;
  return is_counted && fails(CONNECT) ? -1 : REAL(connect)(fd, to, size);
}

pid_t fork(void) { return fails(FORK) ? -1 : REAL(fork)(); }
