/* Preloaded into a process: notes in one file, in order, what it does to the files under one folder.
 *
 * POWER_FOLDER: the folder; POWER_RECORD: the file. A note is a head and then the path's and the data's bytes.
 * A write is noted before it is done and a sync after it is done, so that the record promises no more than the disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FDS 4096

struct __attribute__((packed)) head {
    uint8_t op, flag;
    uint16_t path;
    uint64_t inode, offset;
    uint32_t data;
};

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static unsigned char watched[FDS];
static char folder[PATH_MAX];
static int record = -1;

__attribute__((constructor)) static void begin(void) {
    const char *where = getenv("POWER_FOLDER"), *file = getenv("POWER_RECORD");
    if (!where || !file) return;
    strncpy(folder, where, sizeof folder - 1);
    record = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int ours(const char *path) { return record >= 0 && path && !strncmp(path, folder, strlen(folder)); }
static int known(int fd) { return record >= 0 && fd >= 0 && fd < FDS && watched[fd]; }

static void put(const void *bytes, size_t size) {
    const char *at = bytes;
    while (size) {
        ssize_t done = syscall(SYS_write, record, at, size);
        if (done <= 0) abort();
        at += done, size -= done;
    }
}

static void note(char op, int flag, const char *path, uint64_t inode, uint64_t offset, const void *data, size_t size) {
    struct head head = {op, flag, path ? strlen(path) : 0, inode, offset, size};
    pthread_mutex_lock(&one);
    put(&head, sizeof head);
    if (path) put(path, head.path);
    if (data) put(data, size);
    pthread_mutex_unlock(&one);
}

static uint64_t inode_of(int fd) {
    struct stat found;
    return fstat(fd, &found) ? 0 : found.st_ino;
}

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int opened(int fd, const char *path, int flags, int was) {
    if (fd >= 0 && fd < FDS && (watched[fd] = ours(path)))
        note('o', (was ? 0 : 1) | (flags & O_TRUNC ? 2 : 0), path, inode_of(fd), 0, 0, 0);
    return fd;
}

static int there(const char *path) { return ours(path) ? !faccessat(AT_FDCWD, path, F_OK, 0) : 1; }

#define MODE int mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, int); va_end(rest); }

int open(const char *path, int flags, ...) { MODE int was = there(path); REAL(open); return opened(real(path, flags, mode), path, flags, was); }
int open64(const char *path, int flags, ...) { MODE int was = there(path); REAL(open64); return opened(real(path, flags, mode), path, flags, was); }
int openat(int at, const char *path, int flags, ...) { MODE int was = there(path); REAL(openat); return opened(real(at, path, flags, mode), path, flags, was); }
int openat64(int at, const char *path, int flags, ...) { MODE int was = there(path); REAL(openat64); return opened(real(at, path, flags, mode), path, flags, was); }

int close(int fd) {
    REAL(close);
    if (fd >= 0 && fd < FDS) watched[fd] = 0;
    return real(fd);
}

#define PWRITE(name, type) \
    ssize_t name(int fd, const void *data, size_t size, type offset) { \
        REAL(name); \
        if (known(fd)) note('w', 0, 0, inode_of(fd), offset, data, size); \
        return real(fd, data, size, offset); \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (known(fd)) {
        int appends = fcntl(fd, F_GETFL) & O_APPEND;
        note('w', 0, 0, inode_of(fd), lseek(fd, 0, appends ? SEEK_END : SEEK_CUR), data, size);
    }
    return real(fd, data, size);
}

#define TRUNCATE(name, type) \
    int name(int fd, type size) { \
        REAL(name); \
        if (known(fd)) note('t', 0, 0, inode_of(fd), size, 0, 0); \
        return real(fd, size); \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name) \
    int name(int fd) { \
        REAL(name); \
        int done = real(fd); \
        if (!done && known(fd)) note('s', 0, 0, inode_of(fd), 0, 0, 0); \
        return done; \
    }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
    REAL(unlink);
    if (ours(path)) note('u', 0, path, 0, 0, 0, 0);
    return real(path);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    if (ours(from) || ours(to)) note('r', 0, from, 0, 0, to, strlen(to));
    return real(from, to);
}

int link(const char *from, const char *to) {
    REAL(link);
    int done = real(from, to);
    if (!done && ours(to)) note('l', 0, from, 0, 0, to, strlen(to));
    return done;
}

int linkat(int at, const char *from, int to_at, const char *to, int flags) {
    REAL(linkat);
    int done = real(at, from, to_at, to, flags);
    if (!done && ours(to)) note('l', 0, from, 0, 0, to, strlen(to));
    return done;
}
