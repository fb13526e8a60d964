#include "program.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <boost/json/parse.hpp>

namespace suzaku::test {

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "suzaku-XXXXXX").string();
  path_ = ::mkdtemp(name.data());
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(file(name)) << text;
  return file(name);
}

std::string Folder::read(const std::string& name) const {
  std::stringstream text;
  text << std::ifstream(file(name)).rdbuf();
  return text.str();
}

void Folder::make_certificate() const {
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost"
      " -addext subjectAltName=DNS:localhost -keyout " +
      file("key.pem") + " -out " + file("cert.pem") + " 2>/dev/null";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl could not make a certificate");
}

Ended run(const std::vector<std::string>& arguments, const std::string& input, const ChildOptions& options) {
  Child child(arguments, options);
  child.type(input);
  child.end_input();
  const int code = child.exit_code();
  return {code, child.output(), child.errors()};
}

std::vector<Json> json_lines(const std::string& text) {
  std::vector<Json> values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) values.push_back(boost::json::parse(line));
  return values;
}

std::size_t count_of(const std::string& part, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

void expect_failure(const Ended& ended, int code, const std::vector<std::string>& words) {
  EXPECT_EQ(ended.code, code) << ended.errors;
  EXPECT_EQ(ended.errors.rfind("suzaku: ", 0), 0U) << ended.errors;
  EXPECT_EQ(count_of("\n", ended.errors), 1U) << ended.errors;
  for (const std::string& word : words) EXPECT_CONTAINS(ended.errors, word);
}

void expect_complaint(const Ended& ended, int code, const std::string& message) {
  EXPECT_EQ(ended.code, code);
  EXPECT_EQ(ended.errors, "suzaku: " + message + "\n");
  EXPECT_EQ(ended.output, "");
}

}  // namespace suzaku::test
