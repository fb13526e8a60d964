#include "signals/restart_policy.hpp"

namespace suzaku::signals {

bool RestartPolicy::restarts(End end, Clock::time_point now) {
  if (options_.restart == Restart::temporary) return false;
  if (options_.restart == Restart::transient && end == End::normal) return false;
  while (!restarts_.empty() && now - restarts_.front() > options_.period) restarts_.pop_front();
  if (restarts_.size() >= options_.max_restarts) return false;
  restarts_.push_back(now);
  return true;
}

}  // namespace suzaku::signals
