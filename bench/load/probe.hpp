#pragma once

/// What the kernel knows of processes: CPU time and memory, read from /proc.
namespace phxload {

class ServerProbe {
 public:
  /// pid 0: no server to look at, every answer is 0.
  explicit ServerProbe(int pid) noexcept : pid_(pid) {}

  /// User and system time of all live threads, in seconds; children are not counted.
  double cpu_seconds() const;

  /// Resident memory in KB.
  long resident_kb() const;

 private:
  int pid_;
};

/// User and system time of this process, in seconds.
double own_cpu_seconds();

}  // namespace phxload
