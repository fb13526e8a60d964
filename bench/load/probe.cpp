#include "probe.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace phxload {
namespace {

std::string process_folder(int pid) {
  return "/proc/" + std::to_string(pid);
}

// Exact to the scheduler's last update, but only where the kernel keeps schedstat; 0 elsewhere.
double cpu_from_schedstat(int pid) {
  std::uint64_t nanoseconds = 0;
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator(process_folder(pid) + "/task", gone)) {
    std::uint64_t on_cpu = 0;
    if (std::ifstream(task.path() / "schedstat") >> on_cpu) nanoseconds += on_cpu;
  }
  return static_cast<double>(nanoseconds) / 1e9;
}

// Counts in clock ticks, mostly of 10 ms.
double cpu_from_stat(int pid) {
  std::ifstream file(process_folder(pid) + "/stat");
  const std::string stat((std::istreambuf_iterator<char>(file)), {});
  const auto name_end = stat.rfind(')');  // The name may hold blanks, so fields are counted from behind it.
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(stat.substr(name_end + 1));
  constexpr int kFieldsBeforeTimes = 11;
  std::string skipped;
  for (int i = 0; i < kFieldsBeforeTimes; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

double ServerProbe::cpu_seconds() const {
  if (pid_ == 0) return 0;
  const double exact = cpu_from_schedstat(pid_);
  return exact > 0 ? exact : cpu_from_stat(pid_);
}

long ServerProbe::resident_kb() const {
  if (pid_ == 0) return 0;
  std::ifstream status(process_folder(pid_) + "/status");
  std::string word;
  while (status >> word) {
    long kilobytes = 0;
    if (word == "VmRSS:" && status >> kilobytes) return kilobytes;
  }
  return 0;
}

double own_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace phxload
