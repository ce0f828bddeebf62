//! The simulated disk as a file system of SQLite's. Paths are `/<disk>/<file>`.

use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::{Arc, Mutex, MutexGuard, Once};

use rusqlite::ffi;

use crate::disk::{Disk, Failed};

/// SQLite's name for it.
pub const NAME: &str = "power";
/// Longest path.
const PATH_MAX: c_int = 200;
/// What the real one says too; tearing is finer.
const SECTOR_SIZE: c_int = 4096;

type Shared = Arc<Mutex<Mounted>>;

/// A disk and the shared memory of the databases that are open on it.
#[derive(Default)]
pub struct Mounted {
    pub disk: Disk,
    shared_memory: HashMap<String, Vec<Box<[u64]>>>,
}

static MOUNTS: Mutex<Option<HashMap<String, Shared>>> = Mutex::new(None);

/// Puts a disk under a name; its former content is gone.
pub fn mount(name: &str, disk: Disk) {
    register();
    let mounted = Arc::new(Mutex::new(Mounted { disk, ..Mounted::default() }));
    MOUNTS.lock().unwrap().get_or_insert_default().insert(name.to_owned(), mounted);
}

/// Does something with a mounted disk.
pub fn with<R>(name: &str, act: impl FnOnce(&mut Disk) -> R) -> R {
    let shared = find(name).expect("mounted");
    let mut mounted = lock(&shared);
    act(&mut mounted.disk)
}

fn find(name: &str) -> Option<Shared> {
    MOUNTS.lock().unwrap().as_ref()?.get(name).cloned()
}

fn lock(shared: &Shared) -> MutexGuard<'_, Mounted> {
    shared.lock().unwrap()
}

/// An open file.
struct Open {
    mounted: Shared,
    name: String,
    delete_on_close: bool,
    /// The first sync of a log or rollback journal also syncs the folder, as the real one does.
    sync_folder: Cell<bool>,
}

/// Files whose first sync includes the folder.
const LOGS: c_int = ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL;

/// What SQLite allocates for a file: its part, and a pointer to ours.
#[repr(C)]
struct Handle {
    base: ffi::sqlite3_file,
    open: *mut Open,
}

fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let vfs = Box::leak(Box::new(ffi::sqlite3_vfs {
            iVersion: 2,
            szOsFile: size_of::<Handle>() as c_int,
            mxPathname: PATH_MAX,
            pNext: std::ptr::null_mut(),
            zName: c"power".as_ptr(),
            pAppData: std::ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_path_name),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: None,
            xCurrentTimeInt64: Some(current_time_int64),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: the table is leaked, so it outlives every use.
        let done = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(done, ffi::SQLITE_OK);
    });
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock_file),
    xUnlock: Some(lock_file),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// The disk and the file's name of a path.
fn parse(path: *const c_char) -> Option<(Shared, String)> {
    // SAFETY: SQLite hands over paths that end in a zero byte.
    let path = unsafe { CStr::from_ptr(path) }.to_str().ok()?;
    let (disk, file) = path.strip_prefix('/')?.split_once('/')?;
    Some((find(disk)?, file.to_owned()))
}

fn opened<'a>(file: *mut ffi::sqlite3_file) -> &'a Open {
    // SAFETY: SQLite calls the methods only between `open` and `close`, which keep the pointer valid.
    unsafe { &*(*file.cast::<Handle>()).open }
}

fn outcome(result: &Result<(), Failed>, code: c_int) -> c_int {
    if result.is_ok() { ffi::SQLITE_OK } else { code }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let handle = file.cast::<Handle>();
    // SAFETY: SQLite gives room for a `Handle`; without methods it will not call `close`.
    unsafe { (*handle).base.pMethods = std::ptr::null() };
    if path.is_null() {
        return ffi::SQLITE_CANTOPEN;
    }
    let Some((mounted, name)) = parse(path) else { return ffi::SQLITE_CANTOPEN };
    {
        let mut guard = lock(&mounted);
        let disk = &mut guard.disk;
        if disk.dark {
            return ffi::SQLITE_IOERR;
        }
        if !disk.files.contains_key(&name) {
            if flags & ffi::SQLITE_OPEN_CREATE == 0 {
                return ffi::SQLITE_CANTOPEN;
            }
            disk.files.insert(name.clone(), crate::disk::File::default());
        }
    }
    let delete_on_close = flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0;
    let sync_folder = Cell::new(flags & LOGS != 0 && flags & ffi::SQLITE_OPEN_CREATE != 0);
    let open = Open { mounted, name, delete_on_close, sync_folder };
    // SAFETY: as above; `out` may be null.
    unsafe {
        (*handle).open = Box::into_raw(Box::new(open));
        (*handle).base.pMethods = &raw const METHODS;
        if !out.is_null() {
            *out = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: made by `open` and given back once.
    let open = unsafe { Box::from_raw((*file.cast::<Handle>()).open) };
    if open.delete_on_close {
        let _ = lock(&open.mounted).disk.delete(&open.name, false);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, folder_synced: c_int) -> c_int {
    let Some((mounted, name)) = parse(path) else { return ffi::SQLITE_IOERR_DELETE };
    let mut mounted = lock(&mounted);
    if !mounted.disk.dark && !mounted.disk.files.contains_key(&name) {
        return ffi::SQLITE_IOERR_DELETE_NOENT;
    }
    outcome(&mounted.disk.delete(&name, folder_synced != 0), ffi::SQLITE_IOERR_DELETE)
}

unsafe extern "C" fn access(_: *mut ffi::sqlite3_vfs, path: *const c_char, _: c_int, out: *mut c_int) -> c_int {
    let Some((mounted, name)) = parse(path) else { return ffi::SQLITE_IOERR_ACCESS };
    let exists = lock(&mounted).disk.files.get(&name).is_some_and(|file| !file.seen.is_empty());
    // SAFETY: SQLite gives a place for the answer.
    unsafe { *out = c_int::from(exists) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path_name(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: the path ends in a zero byte, and `out` has `room` bytes.
    unsafe {
        let path = CStr::from_ptr(path).to_bytes_with_nul();
        if path.len() > room as usize {
            return ffi::SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(path.as_ptr().cast(), out, path.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
    let mut bytes = vec![0_u8; count as usize];
    getrandom::fill(&mut bytes).unwrap();
    // SAFETY: `out` has `count` bytes.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len()) };
    count
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, micros: c_int) -> c_int {
    micros
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    unsafe { *out = 2_460_000.5 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_int64(_: *mut ffi::sqlite3_vfs, out: *mut ffi::sqlite3_int64) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    unsafe { *out = 212_544_043_200_000 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    out: *mut c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    let open = opened(file);
    let mounted = lock(&open.mounted);
    let Some(content) = (!mounted.disk.dark).then(|| mounted.disk.files.get(&open.name)).flatten() else {
        return ffi::SQLITE_IOERR_READ;
    };
    let from = (at as usize).min(content.seen.len());
    let found = &content.seen[from..(from + count as usize).min(content.seen.len())];
    // SAFETY: `out` has `count` bytes; what is not there is to be zeros.
    unsafe {
        std::ptr::write_bytes(out.cast::<u8>(), 0, count as usize);
        std::ptr::copy_nonoverlapping(found.as_ptr(), out.cast(), found.len());
    }
    if found.len() == count as usize { ffi::SQLITE_OK } else { ffi::SQLITE_IOERR_SHORT_READ }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    let open = opened(file);
    // SAFETY: `from` has `count` bytes.
    let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), count as usize) };
    outcome(&lock(&open.mounted).disk.write(&open.name, at as usize, bytes), ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    let open = opened(file);
    outcome(&lock(&open.mounted).disk.truncate(&open.name, size as usize), ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    let open = opened(file);
    let disk = &mut lock(&open.mounted).disk;
    let done = disk.sync(&open.name);
    if done.is_ok() && open.sync_folder.replace(false) {
        disk.sync_folder();
    }
    outcome(&done, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut ffi::sqlite3_int64) -> c_int {
    let open = opened(file);
    let mounted = lock(&open.mounted);
    let size = mounted.disk.files.get(&open.name).map_or(0, |file| file.seen.len());
    // SAFETY: SQLite gives a place for the answer.
    unsafe { *out = size as i64 };
    ffi::SQLITE_OK
}

/// One connection a file: there is nobody to lock out.
unsafe extern "C" fn lock_file(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(_: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    unsafe { *out = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    SECTOR_SIZE
}

/// As the real file system says: a torn write does not touch the bytes beside it.
unsafe extern "C" fn device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    let open = opened(file);
    let mut mounted = lock(&open.mounted);
    let regions = mounted.shared_memory.entry(open.name.clone()).or_default();
    while extend != 0 && regions.len() <= region as usize {
        regions.push(vec![0; size as usize / 8].into_boxed_slice());
    }
    let found = regions.get_mut(region as usize).map_or(std::ptr::null_mut(), |region| region.as_mut_ptr().cast());
    // SAFETY: SQLite gives a place for the answer; the box stays where it is until unmapped.
    unsafe { *out = found };
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(_: *mut ffi::sqlite3_file, _: c_int, _: c_int, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    let open = opened(file);
    lock(&open.mounted).shared_memory.remove(&open.name);
    ffi::SQLITE_OK
}
