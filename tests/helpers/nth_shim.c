/* Preloaded into a worker: its Nth write to a database has no room, its Nth fsync fails, its clock is put elsewhere.

   NTH_FOLDER   whose *.db, *.db-wal and *.db-journal are meant
   NTH_WRITE    the first write without room, counted from 1; NTH_WRITES how many one after another (1)
   NTH_SYNC     the fsync that fails
   NTH_FIRED    a file that is made when anything failed
   NTH_COUNTS   a file with two 64-bit numbers: writes and fsyncs so far, and a third: seconds that the clock is ahead
   The environment is read at the start and again by nth_read(), which a forked process calls. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t nowhere[3];
static int64_t *counts = nowhere;
static int64_t write_at, writes, sync_at;
static const char *folder, *fired;

static int64_t number(const char *name, int64_t otherwise) {
  const char *text = getenv(name);
  return text ? atoll(text) : otherwise;
}

__attribute__((constructor)) void nth_read(void) {
  const char *file = getenv("NTH_COUNTS");
  folder = getenv("NTH_FOLDER");
  fired = getenv("NTH_FIRED");
  write_at = number("NTH_WRITE", 0);
  writes = number("NTH_WRITES", 1);
  sync_at = number("NTH_SYNC", 0);
  counts = nowhere;
  if (file) {
    int fd = open(file, O_RDWR);
    void *memory = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof nowhere, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory != MAP_FAILED) counts = memory;
    if (fd >= 0) close(fd);
  }
}

static int is_database(int fd) {
  char link[64], path[4096];
  if (!folder) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return !strncmp(path, folder, strlen(folder)) && strstr(path + strlen(folder), ".db") != NULL;
}

static int fails(int64_t *count, int64_t from, int64_t times) {
  int64_t at = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
  if (!from || at < from || at >= from + times) return 0;
  if (fired) close(open(fired, O_CREAT | O_WRONLY, 0600));
  return 1;
}

static int has_no_room(int fd) {
  if (!is_database(fd) || !fails(&counts[0], write_at, writes)) return 0;
  errno = ENOSPC;
  return 1;
}

#define REAL(type, name, ...)                                     \
  static type (*real)(__VA_ARGS__);                               \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *data, size_t size) {
  REAL(ssize_t, "write", int, const void *, size_t);
  return has_no_room(fd) ? -1 : real(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
  REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
  return has_no_room(fd) ? -1 : real(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
  return has_no_room(fd) ? -1 : real(fd, data, size, at);
}

static int is_refused(int fd) {
  if (!is_database(fd) || !fails(&counts[1], sync_at, 1)) return 0;
  errno = EIO;
  return 1;
}

int fsync(int fd) {
  REAL(int, "fsync", int);
  return is_refused(fd) ? -1 : real(fd);
}

int fdatasync(int fd) {
  REAL(int, "fdatasync", int);
  return is_refused(fd) ? -1 : real(fd);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  REAL(int, "clock_gettime", clockid_t, struct timespec *);
  int status = real(clock, now);
  if (!status && clock == CLOCK_REALTIME) now->tv_sec += counts[2];
  return status;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  REAL(int, "gettimeofday", struct timeval *, void *);
  int status = real(now, zone);
  if (!status) now->tv_sec += counts[2];
  return status;
}

time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
